// Exit codes of the command itself, as shells use them; a program's own code is passed on as it is.
export const ExitCode = { ok: 0, usage: 2, cannotRun: 126, notFound: 127, fault: 134 } as const;
