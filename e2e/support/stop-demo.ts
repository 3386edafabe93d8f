import { Demo } from './demo'

/** Ends the demo of a run, whether its tests passed or not. */
export default function stopDemo(): void {
  let demo: Demo
  try {
    demo = Demo.running()
  } catch {
    return // This run had no tests of the demo.
  }
  demo.stop()
}
