/** Saves the title of a conversation. */

const FAILED = "The title could not be saved. Try again.";

/** Returns why the title in this form could not be saved; empty when it was. */
export async function saveTitle(form) {
  const options = { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } };
  const response = await fetch(form.action, options).catch(() => null);
  // A person who was signed out meanwhile gets the sign-in page.
  return response?.status === 204 ? "" : FAILED;
}
