// The one place where Boost.JSON is compiled, as its header-only use asks for.
#define BOOST_ALL_NO_LIB
#include <boost/json/src.hpp>
