export async function run(file: string, _a: unknown, _b: unknown): Promise<void> { console.log("run", file); }
