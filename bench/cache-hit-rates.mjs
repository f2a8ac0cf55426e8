// Which requests of simulated viewers the disk tier can answer: its order of eviction beside Caffeine's W-TinyLFU alone and plain LRU.
//   ./sluice bench cache-hit-rates
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { root, scratch } from './lib.mjs'

const folder = scratch()
const bin = name => process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', name) : name
const classes = [path.join(root, 'target', 'classes'), path.join(root, 'target', 'quarkus-app', 'lib', 'main', '*')].join(':')
execFileSync(bin('javac'), ['-proc:none', '-cp', classes, '-d', folder, path.join(root, 'src', 'test', 'java', 'io', 'sluice', 'cache', 'ViewerTrace.java')], { stdio: 'inherit' })
execFileSync(bin('java'), ['-cp', `${folder}:${classes}`, 'io.sluice.cache.ViewerTrace'], { stdio: 'inherit' })
