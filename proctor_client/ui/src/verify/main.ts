/** Verification page: checks the certificate whose QR code led here. */
import { mount } from "svelte";
import { registerWorker } from "../lib/registerWorker";
import "../lib/ui/tokens.css";
import Verify from "./Verify.svelte";

const target = document.getElementById("app");
if (target) mount(Verify, { target });
void registerWorker("/static/verify-sw.js", "/v");
