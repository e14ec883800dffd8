// Bundles the scripts and styles of the pages. What goes in: src/. What comes out: ../static/dist with hashed
// names and a manifest that hub/web/assets.py reads. Nothing is fetched when the hub runs.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  publicDir: "src/public",
  build: {
    outDir: "../static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "assets",
    assetsInlineLimit: 0, // the content security policy allows no data: URLs for fonts and scripts
    sourcemap: false,
    target: "es2022",
    rolldownOptions: { input: { main: "src/main.ts", schema: "src/schema.ts" } },
  },
});
