/** The exam board's page. */
import { mount } from "svelte";
import "../lib/ui/tokens.css";
import "../lib/ui/formulas.css";
import Board from "./Board.svelte";

const target = document.getElementById("app");
if (target) mount(Board, { target });
