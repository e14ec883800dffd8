// One script with a fixed name: show/page.py puts it into the page it writes.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: "src/main.js",
      output: { format: "iife", entryFileNames: "plan.js" },
    },
  },
});
