// What a supervisor says to a cell that stands by, through a pipe: that it is its turn, and which start of
// the server it is.

/** The descriptor of the pipe in the cell. */
export const turnFd = 4;

/** The number of a start that is none yet: the cell stands by. */
export const standbyEpoch = 0;

export function formatTurn(epoch: number): string {
  return `begin ${epoch}\n`;
}

/** In the cell: waits for its turn. Undefined if nobody can give it any more. */
export function awaitTurn(): Promise<number | undefined> {
  const { Socket } = process.getBuiltinModule("node:net");
  const socket = new Socket({ fd: turnFd, readable: true, writable: false });
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    text += chunk;
    const epoch = /^begin (\d+)\n/.exec(text)?.[1];
    if (epoch === undefined) return;
    resolve(Number(epoch));
    socket.unref();
  });
  socket.on("error", () => resolve(undefined));
  socket.on("close", () => resolve(undefined));
  return promise;
}
