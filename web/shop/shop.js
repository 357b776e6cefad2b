// The demo shop's own script: opens the chat from the page's buttons, and says what came of a
// payment when the Checkout page sends the visitor back.

const outcome = new URLSearchParams(location.search);
const notice = document.getElementById("notice");

if (notice && outcome.has("paid")) {
  notice.textContent =
    "Thank you, your payment has arrived. Your confirmation is in the chat and in your mail.";
  notice.hidden = false;
} else if (notice && outcome.has("canceled")) {
  notice.textContent =
    "The payment was not made. Your time is still held for a while: you can pay from the chat.";
  notice.classList.add("open");
  notice.hidden = false;
}

for (const button of document.querySelectorAll("[data-chat]")) {
  button.addEventListener("click", () => {
    document.querySelector("frontdesk-chat")?.open?.(button.dataset.chat);
  });
}
