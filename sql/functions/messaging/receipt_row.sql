create or replace function messaging.receipt_row(
    p_label text, p_amount_minor bigint, p_currency text
)
returns text
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- A long label moves its amount to the right; it is not cut.
    return format(
        '  %s  %s',
        p_label || repeat(' ', greatest(44 - length(p_label), 0)),
        lpad(studio.money_text(p_amount_minor, p_currency), 12)
    );
end;
$$;
alter function messaging.receipt_row(text, bigint, text) owner to messaging;
comment on function messaging.receipt_row(text, bigint, text) is
$$One row of a receipt in plain text: what it is for, and the amount below the others.$$;
