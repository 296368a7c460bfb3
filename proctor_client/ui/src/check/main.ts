/** Check of a computer before the day of the exam. */
import { mount } from "svelte";
import "../lib/ui/tokens.css";
import Check from "./Check.svelte";

const target = document.getElementById("app");
if (target) mount(Check, { target });
