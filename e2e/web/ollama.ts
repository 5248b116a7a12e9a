import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A real Ollama with an empty folder of its own (build/ollama builds it). */
export class Ollama {
  private readonly home = mkdtempSync(join(tmpdir(), 'sandglass-e2e-ollama-'));
  private process?: ChildProcess;

  /** Starts it and gives its address. */
  start(): Promise<string> {
    const path = execFileSync(resolve(__dirname, '../../build/ollama/build.sh'), ['--print-path'], { encoding: 'utf8' }).trim();
    const child = spawn(path, ['serve'], {
      env: { PATH: process.env.PATH, HOME: this.home, OLLAMA_HOST: '127.0.0.1:0', OLLAMA_MODELS: join(this.home, 'models'), OLLAMA_NO_CLOUD: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    return new Promise((done, fail) => {
      let log = '';
      child.stderr?.on('data', (data) => {
        log += data;
        const at = /Listening on ([\d.]+:\d+)/.exec(log);
        if (at) done(`http://${at[1]}`);
      });
      child.on('exit', (code) => fail(new Error(`Ollama ended with ${code}: ${log}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((end) => child.once('exit', end));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}

/**
 * A registry on this computer with one model, which is served slowly until `hurry` is called. The model is a file that
 * Ollama can read and list, of 32 MiB, and cannot run: its format is that of ggml's docs/gguf.md.
 */
export async function registry() {
  const text = (s: string) => {
    const bytes = Buffer.from(s);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([length, bytes]);
  };
  const u32 = (n: number) => Buffer.from(Uint32Array.of(n).buffer);
  const u64 = (n: number) => Buffer.from(BigUint64Array.of(BigInt(n)).buffer);
  const word = (key: string, value: string) => Buffer.concat([text(key), u32(8), text(value)]);
  const number = (key: string, value: number) => Buffer.concat([text(key), u32(4), u32(value)]);
  const meta = [word('general.architecture', 'qwen3'), number('general.file_type', 15), number('qwen3.context_length', 40960)];
  const weights = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0), u64(meta.length), ...meta, Buffer.alloc(32 << 20)]);
  const config = Buffer.from(
    JSON.stringify({ model_format: 'gguf', model_family: 'qwen3', model_families: ['qwen3'], model_type: '8.2B', file_type: 'Q4_K_M', architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const template = Buffer.from('{{ range .Messages }}{{ .Content }}{{ end }}{{ .Tools }}');
  const blobs = new Map<string, Buffer>();
  const layer = (kind: string, content: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    blobs.set(digest, content);
    return { mediaType: `application/vnd.${kind}`, digest, size: content.length };
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: layer('docker.container.image.v1+json', config),
    layers: [layer('ollama.image.model', weights), layer('ollama.image.template', template)],
  };
  let pause = 30;
  const server = createServer(async (req, res) => {
    const blob = blobs.get(req.url?.split('/').at(-1) ?? '');
    if (req.url?.endsWith('/manifests/latest')) {
      res.end(JSON.stringify(manifest));
      return;
    }
    if (!blob) {
      res.writeHead(404).end();
      return;
    }
    // Ollama wants to be sent on to another host, as the real registry sends it to its storage.
    if (req.method === 'GET' && req.headers.host?.startsWith('127.0.0.1:')) {
      res.writeHead(307, { Location: `http://${req.headers.host.replace('127.0.0.1', 'localhost')}${req.url}` }).end();
      return;
    }
    const [from, to] = (/bytes=(\d+)-(\d+)/.exec(req.headers.range ?? '') ?? ['', '0', String(blob.length - 1)]).slice(1).map(Number);
    const part = blob.subarray(from, (to ?? 0) + 1);
    res.writeHead(req.headers.range ? 206 : 200, { 'Content-Length': part.length });
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    for (let at = 0; at < part.length && !res.destroyed; at += 256 << 10) {
      res.write(part.subarray(at, at + (256 << 10)));
      if (pause > 0) await new Promise((later) => setTimeout(later, pause));
    }
    res.end();
  });
  await new Promise<void>((ready) => server.listen(0, '::', ready)); // both as 127.0.0.1 and as localhost
  return {
    model: `http://127.0.0.1:${(server.address() as AddressInfo).port}/library/fit:latest`,
    hurry: () => {
      pause = 0;
    },
    close: () => server.close(),
  };
}
