// Prints, as a JSON array, the QR codes that ZBar finds in the grey image on standard input (width and height given).
import { readFileSync } from "node:fs";
import { scanGrayBuffer } from "../../../proctor_client/ui/node_modules/@undecaf/zbar-wasm/dist/main.mjs";

const [width, height] = process.argv.slice(2).map(Number);
const pixels = readFileSync(0);
const image = pixels.buffer.slice(pixels.byteOffset, pixels.byteOffset + pixels.byteLength);
const symbols = await scanGrayBuffer(image, width, height);
console.log(JSON.stringify(symbols.map((symbol) => symbol.decode())));
