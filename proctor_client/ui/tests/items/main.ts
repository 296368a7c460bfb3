import { mount } from "svelte";
import "$lib/ui/tokens.css";
import BenchPage from "./Bench.svelte";
import { Bench } from "./bench.svelte";

const bench = new Bench();
Object.assign(window, { bench });
mount(BenchPage, { target: document.body, props: { bench } });
