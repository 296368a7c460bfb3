/** The proctor's page. */
import { mount } from "svelte";
import "../lib/ui/tokens.css";
import Proctor from "./Proctor.svelte";

const target = document.getElementById("app");
if (target) mount(Proctor, { target });
