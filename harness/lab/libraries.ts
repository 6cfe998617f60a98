/** The shared libraries of a program, as the dynamic loader finds them (`man 8 ld.so`). */

/** Whose libraries a program is going to find: those of this machine, or of another one's file system. */
export interface Home {
  /** In messages, e.g. `this machine`. */
  readonly name: string;
  readonly loader: string;
  /** Where its file system lies on this machine, when it is another; all its libraries are below. */
  readonly root?: string;
  /** Where its libraries are, beside those that its loader knows of. */
  readonly libraryFolders: readonly string[];
  /** What scripts may name, as they name it; all that this machine has where it is undefined. */
  readonly interpreters?: readonly string[];
}

export interface Libraries {
  /** Paths by the name that the program asks for; none for a program that has all in itself. */
  readonly paths: ReadonlyMap<string, string>;
  /** What is wrong, in the loader's words; undefined when the program can start. */
  readonly complaint: string | undefined;
}

/** @param folders are searched before anything else */
export async function librariesOf(program: string, folders: readonly string[], home: Home): Promise<Libraries> {
  const search = [...folders, ...home.libraryFolders].join(':');
  const options = ['--inhibit-cache', ...(search ? ['--library-path', search] : [])];
  // Slow to load, and only who brings programs needs it.
  const { execa } = await import('execa');
  const listed = await execa(home.loader, [...options, '--list', program], { reject: false, all: true });
  const text = listed.all ?? '';
  if (/statically linked|not a dynamic executable/.test(text)) return { paths: new Map(), complaint: undefined };
  const paths = [...text.matchAll(/^\s*(\S+) => (\S+) \(/gm)].map(([, name, path]) => [name!, path!] as const);
  const [missing] = /\S+(?= => not found)/.exec(text) ?? [];
  const [version] = /version `[^']+' not found/.exec(text) ?? [];
  // A loader looks at this machine's libraries when it finds none below its root.
  const { root } = home;
  const isThere = (path: string) => !root || [root, ...folders].some((each) => path.startsWith(`${each}/`));
  const [foreign] = paths.find(([, path]) => !isThere(path)) ?? [];
  const absent = missing ?? foreign;
  const complaint = version ?? (absent ? `${absent} not found` : listed.failed ? lastLine(text) : undefined);
  return { paths: new Map(paths), complaint };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? 'no reason given';
