// Systems take turns: what disturbs the machine for a while disturbs them all.
import { calm } from './machine.mjs'

export const runs = usual => Number(process.env.RUNS ?? usual)

/** Of an object those whose names begin with one of ONLY=a,b; all when it is not set. */
export function chosen (byName) {
  const only = process.env.ONLY?.split(',')
  return Object.fromEntries(Object.entries(byName).filter(([name]) => only?.some(begin => name.startsWith(begin)) ?? true))
}

/**
 * Measures each system once a round, in another order every round; `systems` are functions that return what they measured.
 * Before its first round each runs `warmUps` times without being counted: a JVM compiles for as long, on processors that the load needs.
 * Returns the results by system. A measurement that fails is told and left out: `results[name].length` says how many came.
 */
export async function inTurns (rounds, systems, { quiet = true, warmUps = 0 } = {}) {
  const names = Object.keys(systems)
  const results = Object.fromEntries(names.map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]
      if (quiet) await calm()
      try {
        for (let warmUp = 0; round === 0 && warmUp < warmUps; warmUp++) await systems[name](round)
        results[name].push(await systems[name](round))
      } catch (e) {
        console.error(`${name}, round ${round + 1}: ${e.message}`)
      }
    }
  }
  return results
}
