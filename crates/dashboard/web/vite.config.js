import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { listFiles } from "./list-files.js";

// Where `npm run dev` finds a running `outbid dev`.
const control = process.env.OUTBID_SERVER ?? "http://127.0.0.1:9090";
const proxy = { "^/(outbid|grpc)\\.": { target: control, changeOrigin: true }, "^/preview$": { target: control, changeOrigin: true } };

export default defineConfig({
  plugins: [svelte(), listFiles()],
  build: {
    // Browsers that have light-dark(), which came last of what is used here.
    target: ["chrome123", "firefox120", "safari17.5"],
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A data: address would be one more thing for the content security policy to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy },
  preview: { proxy },
});
