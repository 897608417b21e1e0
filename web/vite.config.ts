import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // The server's Content-Security-Policy allows neither data: addresses nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/api": { target: "http://localhost:5000", ws: true },
      "/stream.mjpg": "http://localhost:5000",
    },
  },
});
