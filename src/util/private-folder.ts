import { chmod, lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o700;

/**
 * Makes a folder and those above it that are missing, for their owner only whatever the umask; what is there stays as it
 * is. Throws when something else is in the place, also a symbolic link: it may lead where others read. Folder by folder,
 * because Node's own recursive mkdir never ends where a file system refuses new names with ENOENT, as /proc does.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  const found = await kindOf(path);
  if (found === 'folder') return;
  if (found !== undefined) throw new Error(`${path} is ${found}`);
  await makeAbove(dirname(path));
  await make(path);
}

/** Folders above may be reached through links, as /tmp and home folders often are. */
async function makeAbove(path: string): Promise<void> {
  if ((await kindOf(path)) !== undefined) return;
  await makeAbove(dirname(path));
  await make(path);
}

async function make(path: string): Promise<void> {
  try {
    await mkdir(path, OWNER_ONLY);
    await chmod(path, OWNER_ONLY);
  } catch (error) {
    // Another run may have been faster.
    if ((await kindOf(path)) !== 'folder') throw error;
  }
}

async function kindOf(path: string): Promise<'folder' | 'a symbolic link' | 'no folder' | undefined> {
  try {
    const found = await lstat(path);
    if (found.isDirectory()) return 'folder';
    return found.isSymbolicLink() ? 'a symbolic link' : 'no folder';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
