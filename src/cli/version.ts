// The version of this build, as `shoal --version` prints it. A test compares it with package.json.
export const version = "0.1.0";
