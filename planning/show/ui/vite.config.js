// One script and one style with fixed names: show/page.py puts both into the page it writes.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: "src/main.js",
      output: { format: "iife", entryFileNames: "plan.js", assetFileNames: "plan[extname]" },
    },
  },
});
