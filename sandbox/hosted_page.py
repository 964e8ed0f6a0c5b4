"""The hosted payment page (the gateway's contract, section 6.3), for a person or a script.

The page posts its form to itself: holderName, number, expirationMonth, expirationYear,
securityCode, and saveCard where the shopper may choose. Its markup and its status codes are the
sandbox's own: 402 for a decline, 422 for a form that can't be used, 410 for an expired session.
"""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox.config import Merchant
from sandbox.epg import cards, links, sessions, transactions
from sandbox.epg.errors import GatewayError, invalid, refuse_if
from sandbox.epg.gateway import Body, Gateway
from sandbox.notifications import Pusher

FORM_FIELDS = ("holderName", "number", "expirationMonth", "expirationYear", "securityCode")
FIELD_NAMES = {
    "card.holderName": "the name on the card",
    "card.number": "the card number",
    "card.expirationMonth": "the month",
    "card.expirationYear": "the year",
    "card.securityCode": "the security code",
}


def with_session_id(url: str, session_id: str) -> str:
    """Return an address of the merchant's with `sessionId` added to its query."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("sessionId", session_id)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def create_blueprint(gateway: Gateway, pusher: Pusher) -> Blueprint:
    """Build the page's routes."""
    blueprint = Blueprint("hosted_page", __name__, url_prefix="/hpp")

    def find() -> tuple[Merchant, Body] | None:
        session_id = request.args.get("sessionId", "")
        for merchant in gateway.config.merchants:
            session = gateway.store.get("payment-sessions", merchant.alias, session_id)
            if session is not None:
                return merchant, session
        return None

    def notice(title: str, text: str, status: int, url: str | None = None) -> Response:
        page = render_template("notice.html", title=title, text=text, url=url)
        return Response(page, status)

    def address(session: Body, name: str) -> str | None:
        """Return where the shop wants the shopper to go, None where it has said nothing."""
        return session[name] and with_session_id(session[name], session["id"])

    def obstacle(session: Body) -> Response | None:
        """Return the page that is shown when the session can't take a card, or None."""
        if session["hppType"] not in ("fullPageRedirect", "paymentLink"):
            return notice("Not shown here", "This session belongs to an embedded form.", 409)
        finished = session["_paid_by"] is not None or (
            session["hostedCard"] is not None and not session["doCreateTransaction"]
        )
        if finished:
            back = address(session, "returnUrl")
            return notice("All done", "This form has already been completed.", 409, back)
        if session["_expired"]:
            back = address(session, "cancelUrl")
            return notice("Session expired", "Please start again from the shop.", 410, back)
        if session["_declines"] >= sessions.MOST_DECLINES:
            back = address(session, "cancelUrl")
            return notice("Too many declines", "No further try is possible here.", 409, back)
        return None

    def form(
        merchant: Merchant, session: Body, status: int = 200, problem: str | None = None
    ) -> Response:
        order = gateway.find("orders", merchant, session["order"])
        page = render_template(
            "hosted_page.html",
            merchant=merchant,
            session=session,
            order=order,
            amount=f"{Decimal(order['total']['amount']):,f}",
            problem=problem,
            may_save=session["shopper"] is not None and session["useStoredPaymentMethod"] is None,
            must_save=bool(session["useStoredPaymentMethod"]),
            holder=request.form.get("holderName", ""),
            years=range(gateway.now.year, gateway.now.year + 16),
        )
        return Response(page, status)

    def read_card() -> Body:
        """Return the card of the form, bound as a request's card; GatewayError if it can't be."""
        given = {name: request.form.get(name, "").strip() for name in FORM_FIELDS}
        refuse_if([invalid("is required", f"card.{n}") for n, value in given.items() if not value])
        values = gateway.bind_new("hosted-cards", {"card": given})
        return cards.keep(gateway, values["card"])

    @blueprint.get("/")
    def show() -> Response:
        with gateway.operation():
            found = find()
            if found is None:
                return notice("Not found", "There is no such payment session.", 404)
            return obstacle(found[1]) or form(*found)

    @blueprint.get("/link")
    def open_link() -> BaseResponse:
        """Follow a payment link to a page of its own."""
        with gateway.operation():
            link_id = request.args.get("paymentLinkId", "")
            for merchant in gateway.config.merchants:
                link = gateway.store.get("payment-links", merchant.alias, link_id)
                if link is not None:
                    break
            else:
                return notice("Not found", "There is no such payment link.", 404)
            if link["status"] != "active":
                ended = link["status"] in ("expired", "cancelled")
                text = "This payment link is no longer open."
                return notice("Link closed", text, 410 if ended else 409)
            session = links.open_session(gateway, merchant, link)
            return redirect(f"./?sessionId={session['id']}", 303)

    @blueprint.get("/cancel")
    def cancel() -> BaseResponse:
        with gateway.operation():
            found = find()
            if found is None or found[1]["cancelUrl"] is None:
                return notice("Not found", "There is no such payment session.", 404)
            _, session = found
            return redirect(with_session_id(session["cancelUrl"], session["id"]), 303)

    @blueprint.post("/")
    def submit() -> BaseResponse:
        with gateway.operation():
            found = find()
            if found is None:
                return notice("Not found", "There is no such payment session.", 404)
            merchant, session = found
            stopped = obstacle(session)
            if stopped is not None:
                return stopped
            try:
                card = read_card()
            except GatewayError as error:
                wrong = [FIELD_NAMES[f.field] for f in error.failures if f.field in FIELD_NAMES]
                text = f"Please check {' and '.join(dict.fromkeys(wrong))}."
                return form(merchant, session, 422, text)
            response = _take(merchant, session, card)
        pusher.wake()
        return response

    def _take(merchant: Merchant, session: Body, card: Body) -> BaseResponse:
        """Take a card: charge it, or only keep it, as the session says."""
        wants_to_save = request.form.get("saveCard", "").lower() in ("on", "true", "1")
        if not session["doCreateTransaction"] and cards.has_expired(gateway, card):
            return form(merchant, session, 422, "This card has expired.")
        hosted = cards.hosted_card_of(gateway, merchant, {"card": card})
        session["hostedCard"] = hosted["id"]
        session["threeDSecure"] = sessions.three_d_secure_of(session)
        if session["doCreateTransaction"]:
            hosted["_used"] = True
            gateway.save(hosted)
            transaction = _charge(merchant, session, card)
            if transaction["state"] == "declined":
                if session["_declines"] >= sessions.MOST_DECLINES:
                    back = address(session, "cancelUrl")
                    return notice("Card declined", "No further try is possible here.", 402, back)
                return form(merchant, session, 402, "The card was declined. No money was taken.")
        if session["useStoredPaymentMethod"] or (
            session["useStoredPaymentMethod"] is None and session["shopper"] and wants_to_save
        ):
            known = cards.same_card(gateway, merchant, session["shopper"], card)
            stored = known or cards.stored_card_of(
                gateway, merchant, {"shopper": session["shopper"], "card": card}
            )
            session["storedCard"] = stored["id"]
        gateway.save(session)
        back = address(session, "returnUrl")
        return redirect(back, 303) if back else notice("Paid", "Thank you.", 200)

    def _charge(merchant: Merchant, session: Body, card: Body) -> Body:
        """Carry out the page's own sale; of all references only the order's own reaches it."""
        order = gateway.find("orders", merchant, session["order"])
        values = gateway.bind_new("transactions", {})
        return transactions.carry_out(
            gateway,
            merchant,
            {
                **values,
                "total": dict(order["total"]),
                "order": order["id"],
                "orderReference": order["orderReference"],
                "paymentSession": session["id"],
                "shopper": session["shopper"],
                "shopperEmailAddress": session["shopperEmailAddress"],
                "shipTo": session["shipTo"],
                "doCapture": session["doCapture"],
                "threeDSecure": session["threeDSecure"],
                "source": "payByLink" if session["paymentLink"] else "hppSubmitRedirect",
            },
            {**card, "billTo": card["billTo"] or session["billTo"]},
            session,
        )

    return blueprint
