select id as order_id, customer_id, amount, created_at::date as day from {{ source('raw', 'orders') }}
