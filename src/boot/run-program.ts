// Running one program with what it was granted.
export {};
