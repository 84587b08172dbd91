-- Conversions by what users did, by hour and by what bid where; action 0 is where the notice named none.
CREATE TABLE action_rollups (
    hour_ms INTEGER NOT NULL,
    advertiser INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    ad INTEGER NOT NULL,
    creative INTEGER NOT NULL,
    exchange INTEGER NOT NULL,
    action INTEGER NOT NULL,
    conversions INTEGER NOT NULL CHECK (conversions >= 0),
    conversion_value INTEGER NOT NULL,
    PRIMARY KEY (hour_ms, advertiser, campaign, ad, creative, exchange, action)
) STRICT, WITHOUT ROWID;

-- Conversions of actions that were counted: an order counts once in each.
CREATE TABLE action_orders (
    action INTEGER NOT NULL,
    order_number TEXT NOT NULL CHECK (length(order_number) <= 128),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (action, order_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_orders_by_age ON action_orders (at_ms);

-- Clicks after which an action that counts one a click was counted.
CREATE TABLE action_clicks (
    action INTEGER NOT NULL,
    bid TEXT NOT NULL CHECK (length(bid) = 28),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (action, bid)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_clicks_by_age ON action_clicks (at_ms);
