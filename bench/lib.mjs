// What the benchmarks share; bench/lib has it by subject.
export * from './lib/paths.mjs'
export * from './lib/network.mjs'
export * from './lib/processes.mjs'
export * from './lib/files.mjs'
export * from './lib/requests.mjs'
export * from './lib/machine.mjs'
export * from './lib/turns.mjs'
export * from './lib/figures.mjs'
