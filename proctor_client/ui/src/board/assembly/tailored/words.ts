import { useWords } from "$lib/i18n/words.svelte";
