// Small things that run often, by JMH: parsers, picker, cache. The sources are in bench/jmh/java, compiled against what is built.
//   ./sluice bench jmh          ONLY=ParserBench FORKS=1 SECONDS=1
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { report, root } from './lib.mjs'

const home = path.join(root, 'target/jmh')
const run = (command, argv) => {
  const { status } = spawnSync(command, argv, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(1) // it has said why
}
const jars = folder => readdirSync(folder).filter(name => name.endsWith('.jar')).map(name => path.join(folder, name))

run('./mvnw', ['-B', '-ntp', '-q', '-f', 'bench/jmh/pom.xml', 'dependency:copy-dependencies', `-DoutputDirectory=${home}/lib`])
rmSync(path.join(home, 'classes'), { recursive: true, force: true })
mkdirSync(path.join(home, 'classes'), { recursive: true })
const sources = readdirSync(path.join(root, 'bench/jmh/java'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name))
const libraries = [path.join(root, 'target/classes'), ...['boot', 'main'].flatMap(part => jars(path.join(root, 'target/quarkus-app/lib', part))), ...jars(path.join(home, 'lib'))]
const java = name => path.join(process.env.JAVA_HOME, 'bin', name)
run(java('javac'), ['-proc:full', '-nowarn', '-d', path.join(home, 'classes'), '-cp', libraries.join(':'), '-processorpath', jars(path.join(home, 'lib')).join(':'), ...sources])

const seconds = process.env.SECONDS ?? '1'
const results = path.join(home, 'results.json')
run(java('java'), [
  '--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow', '-cp', [path.join(home, 'classes'), ...libraries].join(':'), 'org.openjdk.jmh.Main',
  '-f', process.env.FORKS ?? '1', '-wi', '3', '-i', '5', '-w', `${seconds}s`, '-r', `${seconds}s`, '-prof', 'gc', '-foe', 'true', '-v', 'SILENT', '-rf', 'json', '-rff', results,
  ...(process.env.ONLY ? process.env.ONLY.split(',') : [])
])
report('jmh', JSON.parse(readFileSync(results, 'utf8')).map(({ benchmark, params, primaryMetric, secondaryMetrics }) => ({
  benchmark: benchmark.split('.').slice(-2).join('.') + (params ? ` ${JSON.stringify(params)}` : ''),
  'ns each': Math.round(primaryMetric.score),
  'off by': Math.round(primaryMetric.scoreError),
  'bytes allocated': Math.round(secondaryMetrics['gc.alloc.rate.norm']?.score ?? NaN)
})))
