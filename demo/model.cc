#include "demo/model.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/time_format.h"
#include "demo/spec.h"

namespace cadastre::demo {
namespace {

template <typename T>
const T& Require(const std::vector<T>& all, const std::map<std::string, size_t, std::less<>>& index,
                 std::string_view key) {
  const auto it = index.find(key);
  CHECK(it != index.end()) << "demo tables name an unknown '" << key << "'";
  return all[it->second];
}

void CheckOrigins(const Company& company, const std::vector<Origin>& origins) {
  for (const Origin& origin : origins) {
    const Dataset& dataset = company.DatasetOf(origin.dataset);
    bool found = false;
    for (const Column& column : dataset.columns) found = found || column.name == origin.column;
    CHECK(found) << "demo tables name an unknown column '" << origin.dataset << "." << origin.column << "'";
  }
}

std::vector<Domain> Domains() {
  return {
      {"sales", "주문과 매출", "Orders and sales", "sales-data", {"kim.minji"}},
      {"customer", "고객", "Customers and membership", "customer-data", {"lee.seojun"}},
      {"product", "상품과 판매자", "Products and sellers", "product-data", {"park.jiwoo"}},
      {"marketing", "마케팅", "Marketing and traffic", "marketing-data", {"choi.yuna"}},
      {"logistics", "물류와 재고", "Logistics and stock", "logistics-data", {"jung.haneul"}},
      {"finance", "재무와 정산", "Finance and settlement", "finance-data", {"kang.doyun"}},
      {"hr", "인사", "People", "hr-data", {"yoon.subin"}},
      {"platform", "데이터 플랫폼", "The data platform", "data-platform", {"han.jaeho"}},
  };
}

}  // namespace

const Dataset& Company::DatasetOf(std::string_view key) const { return Require(datasets, dataset_by_key, key); }

const Job& Company::JobOf(std::string_view key) const { return Require(jobs, job_by_key, key); }

const Domain& Company::DomainOf(std::string_view name) const {
  const auto it =
      std::find_if(domains.begin(), domains.end(), [&](const Domain& domain) { return domain.name == name; });
  CHECK(it != domains.end()) << "demo tables name an unknown domain '" << name << "'";
  return *it;
}

void Company::Add(Dataset dataset) {
  dataset_by_key.emplace(dataset.key, datasets.size());
  datasets.push_back(std::move(dataset));
}

void Company::Add(Job job) {
  job_by_key.emplace(job.key, jobs.size());
  jobs.push_back(std::move(job));
}

Company BuildCompany() {
  Company company;
  company.domains = Domains();
  AddDatasets(company);
  AddJobs(company);
  for (const Dataset& dataset : company.datasets) {
    company.DomainOf(dataset.domain);
    CheckOrigins(company, dataset.shaped_by);
    for (const Column& column : dataset.columns) CheckOrigins(company, column.from);
  }
  for (const Job& job : company.jobs) {
    company.DomainOf(job.domain);
    for (const auto* keys : {&job.inputs, &job.outputs, &job.old_inputs}) {
      for (const std::string& key : *keys) company.DatasetOf(key);
    }
    if (!job.parent.empty()) company.JobOf(job.parent);
  }
  return company;
}

std::string Rfc3339(int64_t seconds) { return base::FormatTime(base::Timestamp(seconds * 1000000)); }

std::string DateOf(int64_t seconds) { return Rfc3339(seconds).substr(0, 10); }

uint64_t Draw(uint64_t seed, std::string_view what, int64_t day) {
  uint64_t x = seed ^ 0x9e3779b97f4a7c15ULL;
  const auto mix = [&x](uint64_t value) {
    x += value + 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    x ^= x >> 31;
  };
  for (const char c : what) mix(static_cast<unsigned char>(c));
  mix(static_cast<uint64_t>(day));
  return x;
}

}  // namespace cadastre::demo
