import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Makes a fresh database of a kind and gives its ROLLCALL_DATABASE_URL. */
export function freshDatabase(kind: string, name: string): string {
  if (kind === 'sqlite') return `sqlite://${path.join(mkdtempSync(path.join(tmpdir(), 'rollcall-e2e-')), 'rollcall.db')}`
  const variable = kind === 'postgres' ? 'ROLLCALL_TEST_POSTGRES' : 'ROLLCALL_TEST_MARIADB'
  const server = process.env[variable]
  if (!server) throw new Error(`${variable} is not set: run it with scripts/with-databases`)
  const url = new URL(server)
  if (kind === 'postgres') {
    execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name}`])
  } else {
    execFileSync('mariadb', ['--no-defaults', '-h', url.hostname, '-P', url.port, '-u', url.username, `-p${url.password}`, '-e', `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`])
  }
  url.pathname = `/${name}`
  return url.toString()
}
