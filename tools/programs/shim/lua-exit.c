/* What an error does in the Lua built without setjmp: say it as lua.c would, and exit with 1. */
#include <stdio.h>
#include <stdlib.h>

#include "lua.h"

_Noreturn void luaExitWithError(lua_State *L, int status) {
  const char *message = "attempt to yield in a Lua built without setjmp";
  if (status != LUA_YIELD) {
    message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "error object is not a string";
  }
  fflush(stdout);
  fprintf(stderr, "lua: %s\n", message);
  exit(1);
}
