import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'safari16', // the oldest WebKit that the window meets
    assetsInlineLimit: 0, // the policy allows scripts and fonts from 'self' only
    sourcemap: false,
    chunkSizeWarningLimit: 900, // the bundle is read from the program itself, not from a network
  },
  server: { host: '127.0.0.1', port: 5178, strictPort: true },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    css: false,
    testTimeout: 90_000,
    maxWorkers: 2,
  },
});
