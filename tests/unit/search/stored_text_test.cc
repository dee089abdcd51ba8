#include "search/stored_text.h"

#include <gtest/gtest.h>

namespace cadastre::search {
namespace {

record::SearchText Orders() {
  record::SearchText text;
  text.set_title("Orders");
  text.set_description(std::string(300, 'd'));
  text.set_code("select 1");
  text.add_tags("pii");
  text.add_tags("daily");
  text.add_owners("kim");
  text.add_terms(7);
  text.add_terms(70'000);
  for (const char* path : {"id", "customer.email", "note"}) {
    record::SearchTextColumn* column = text.add_columns();
    column->set_path(path);
    column->set_description(std::string("the ") + path);
  }
  text.mutable_columns(1)->add_classes("class:secret");
  text.mutable_columns(1)->add_segments("customer.email");
  return text;
}

StatusOr<StoredText> Stored(std::string bytes) {
  return StoredText::Of(std::make_shared<const std::string>(std::move(bytes)));
}

TEST(StoredText, SaysWhatWasEncoded) {
  const auto text = Stored(EncodeText(Orders()));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->title(), "Orders");
  EXPECT_EQ(text->description().size(), 300u);
  EXPECT_EQ(text->code(), "select 1");
  EXPECT_EQ(text->tags(), (std::vector<std::string_view>{"pii", "daily"}));
  EXPECT_EQ(text->owners(), std::vector<std::string_view>{"kim"});
  EXPECT_EQ(text->terms(), (std::vector<uint64_t>{7, 70'000}));
}

TEST(StoredText, FindsTheColumnOfAByte) {
  const auto text = Stored(EncodeText(Orders()));
  ASSERT_TRUE(text.ok());
  const size_t email = text->columns().find("the customer");
  const auto column = text->ColumnAt(email, 0);
  ASSERT_TRUE(column.ok());
  EXPECT_EQ(column->path, "customer.email");
  EXPECT_EQ(column->description, "the customer.email");
  EXPECT_EQ(column->classes, std::vector<std::string_view>{"class:secret"});
  EXPECT_EQ(column->segments, std::vector<std::string_view>{"customer.email"});
  const auto last = text->ColumnAt(text->columns().size() - 1, column->end);
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last->path, "note");
  EXPECT_EQ(last->end, text->columns().size());
}

TEST(StoredText, IsEmptyWithoutBytes) {
  const auto text = Stored("");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->title(), "");
  EXPECT_EQ(text->columns(), "");
}

TEST(StoredText, DamageIsTold) {
  const std::string whole = EncodeText(Orders());
  for (const std::string& bytes : {whole.substr(0, 5), std::string("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 11),
                                   std::string("\x0A\x05"), std::string("\x08\x01"), std::string("\x32\x01\x80")}) {
    EXPECT_EQ(Stored(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
  const auto cut = Stored(whole.substr(0, whole.size() - 1));
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(cut->ColumnAt(cut->columns().size() - 1, 0).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(cut->ColumnAt(0, 0).ok());
}

}  // namespace
}  // namespace cadastre::search
