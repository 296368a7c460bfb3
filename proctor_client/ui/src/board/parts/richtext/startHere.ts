/** The first control of a dialog to have this attached gets the focus when the dialog opens. */
export const startHere = (control: HTMLInputElement | HTMLTextAreaElement): void => {
  control.autofocus = true;
};
