import { spawn, type ChildProcess } from 'node:child_process'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'

export const root = path.resolve(__dirname, '../..')

/** The program under test: bin/rollcall, unless ROLLCALL_E2E_PROGRAM names another build. */
export const program = path.resolve(root, process.env.ROLLCALL_E2E_PROGRAM || 'bin/rollcall')

/** A port on loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Waits until an address answers 200. */
export async function answers(url: string, seconds: number, ended: () => string | false = () => false): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    const why = ended()
    if (why) throw new Error(why)
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`no answer from ${url} within ${seconds} s`)
}

/** A child process, stopped by its own pid. */
export class Process {
  private output = ''
  private constructor(private child: ChildProcess, private name: string) {}

  static start(name: string, command: string, args: string[], env: Record<string, string> = {}): Process {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('ROLLCALL_')))
    const child = spawn(command, args, { cwd: root, env: { ...clean, ...env } as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] })
    const one = new Process(child, name)
    child.stdout?.on('data', (text) => (one.output += text))
    child.stderr?.on('data', (text) => (one.output += text))
    return one
  }

  /** Waits until an address answers 200. */
  ready(url: string, seconds = 60): Promise<void> {
    const ended = () => this.child.exitCode !== null && `it ended with ${this.child.exitCode}`
    return answers(url, seconds, ended).catch((error) => {
      throw new Error(`${this.name}: ${error.message}\n${this.output}`)
    })
  }

  log(): string {
    return this.output
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return
    const ended = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGTERM')
    const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(late)
  }
}

/** Starts a process that outlives this one, writing into a file, and gives its pid. */
export function startDetached(command: string, args: string[], log: string): number {
  const file = openSync(log, 'w')
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', file, file] })
  child.unref()
  if (!child.pid) throw new Error(`${command} did not start`)
  return child.pid
}
