/** Small graph files by name, for tests that read some. */
export const files: Readonly<Record<string, string>> = {};
