/** The sample exam. */
import { mount } from "svelte";
import "../lib/ui/tokens.css";
import "../lib/ui/formulas.css";
import { wordsAtHand } from "../lib/i18n/language.svelte";
import Practice from "./Practice.svelte";

const target = document.getElementById("app");
// Where the words that this browser prefers cannot be fetched, the page speaks Vietnamese.
if (target)
  void wordsAtHand()
    .catch(() => undefined)
    .then(() => mount(Practice, { target }));
