// Where things are.
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')
export const peers = path.join(root, 'src/test/peers')
