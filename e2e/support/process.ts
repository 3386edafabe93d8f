import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import path from 'node:path'

export const root = path.resolve(__dirname, '../..')

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
  async ready(url: string, seconds = 60): Promise<void> {
    const end = Date.now() + seconds * 1000
    while (Date.now() < end) {
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended with ${this.child.exitCode}:\n${this.output}`)
      const answer = await fetch(url).catch(() => null)
      if (answer?.ok) return
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`${this.name} did not answer at ${url}:\n${this.output}`)
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
