/** The page on which the rich-text field is tried. */
import { mount } from "svelte";
import "../../src/lib/ui/tokens.css";
import Fields from "./Fields.svelte";

const target = document.getElementById("app");
if (target) mount(Fields, { target });
