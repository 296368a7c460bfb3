/** Entry page: leads everyone to their own page. */
import { mount } from "svelte";
import "../lib/ui/tokens.css";
import Index from "./Index.svelte";

const target = document.getElementById("app");
if (target) mount(Index, { target });
