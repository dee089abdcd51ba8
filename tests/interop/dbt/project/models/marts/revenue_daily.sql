{{ config(materialized='incremental', unique_key=['day', 'country']) }}
select day, country, sum(amount) as revenue, count(*) as n from {{ ref('fct_orders') }}
{% if is_incremental() %} where day >= (select max(day) from {{ this }}) {% endif %}
group by day, country
