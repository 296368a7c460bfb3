import { mount } from "svelte";
import "$lib/ui/tokens.css";
import { bringControls, laterInteractions } from "$items/controls.svelte";
import BenchPage from "./Bench.svelte";
import { Bench } from "./bench.svelte";

// Tests look at an item at once.
await bringControls(laterInteractions);
const bench = new Bench();
Object.assign(window, { bench });
mount(BenchPage, { target: document.body, props: { bench } });
