create or replace function pricing.refuse_unpriced(p_item pricing.basket_item)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform ops.fail(
        'price_missing',
        jsonb_build_object(
            'student_id', p_item.student_id,
            'section_id', p_item.section_id,
            'title', (
                select k.title
                from catalog.classes as k
                where k.studio_id = auth.studio_id() and k.id = p_item.class_id
            )
        )
    );
end;
$$;
alter function pricing.refuse_unpriced(pricing.basket_item) owner to pricing;
comment on function pricing.refuse_unpriced(pricing.basket_item) is
$$Raise price_missing for an item: a missing price is a refusal, never a price of 0.$$;
