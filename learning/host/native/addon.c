/* The native kernels as an addon for Node.js: memories, and kernels bound to a memory and their constants. */
#include "kernels.h"

#include <node_api.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMETERS = 8 };

typedef void kernel_function(char *, const void *, const double *);

struct kernel {
  const char *name;
  kernel_function *run;
  /* names of the constants, in the order of its struct */
  const char *const *constants;
};

#define NAME(name) #name,
#define RULE_NAMES_0
#define RULE_NAMES_1 RULE(NAME)
#define NAMES(name, FIELDS, hasRule) \
  static const char *const constants_of_##name[] = {FIELDS(NAME) RULE_NAMES_##hasRule NULL};
KERNELS(NAMES)
#define ROW(name, FIELDS, hasRule) {#name, (kernel_function *)name, constants_of_##name},
static const struct kernel kernels[] = {KERNELS(ROW)};

/* Where a WebAssembly memory is; it may move when it grows. */
struct memory {
  char *at;
  /* bound kernels, and the memory's own handle */
  int users;
};

struct bound {
  kernel_function *run;
  struct memory *memory;
  int64_t constants[];
};

static void release(struct memory *memory) {
  if (--memory->users == 0) free(memory);
}
static void end_memory(napi_env env, void *memory, void *hint) { release(memory); }
static void end_bound(napi_env env, void *data, void *hint) {
  struct bound *bound = data;
  release(bound->memory);
  free(bound);
}

static napi_value call(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_PARAMETERS];
  double numbers[MOST_PARAMETERS];
  size_t count = MOST_PARAMETERS;
  void *data;
  napi_get_cb_info(env, info, &count, arguments, NULL, &data);
  if (count > MOST_PARAMETERS) count = MOST_PARAMETERS;
  for (size_t i = 0; i < count; i++) napi_get_value_double(env, arguments[i], &numbers[i]);
  const struct bound *bound = data;
  bound->run(bound->memory->at, bound->constants, numbers);
  return NULL;
}

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

/* memory() -> a handle */
static napi_value new_memory(napi_env env, napi_callback_info info) {
  struct memory *memory = calloc(1, sizeof *memory);
  if (memory == NULL) return fail(env, "no memory is left");
  memory->users = 1;
  napi_value handle;
  if (napi_create_external(env, memory, end_memory, NULL, &handle) != napi_ok) return fail(env, "no handle");
  return handle;
}

/* attach(handle, buffer): the memory is where this buffer is */
static napi_value attach(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t count = 2, bytes;
  struct memory *memory;
  void *at;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (napi_get_value_external(env, arguments[0], (void **)&memory) != napi_ok ||
      napi_get_arraybuffer_info(env, arguments[1], &at, &bytes) != napi_ok) {
    return fail(env, "attach takes a memory and a buffer");
  }
  memory->at = at;
  return NULL;
}

/* bind(handle, name, constants) -> the kernel as a function; undefined where there is none of that name */
static napi_value bind(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  size_t count = 3, length;
  char name[64];
  struct memory *memory;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (napi_get_value_external(env, arguments[0], (void **)&memory) != napi_ok ||
      napi_get_value_string_utf8(env, arguments[1], name, sizeof name, &length) != napi_ok) {
    return fail(env, "bind takes a memory, a name and constants");
  }
  const struct kernel *kernel = NULL;
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    if (strcmp(kernels[i].name, name) == 0) kernel = &kernels[i];
  }
  if (kernel == NULL) return NULL;
  size_t constants = 0;
  while (kernel->constants[constants] != NULL) constants++;
  struct bound *bound = malloc(sizeof *bound + constants * sizeof bound->constants[0]);
  if (bound == NULL) return fail(env, "no memory is left");
  bound->run = kernel->run;
  bound->memory = memory;
  for (size_t i = 0; i < constants; i++) {
    napi_value value;
    double number;
    if (napi_get_named_property(env, arguments[2], kernel->constants[i], &value) != napi_ok ||
        napi_coerce_to_number(env, value, &value) != napi_ok ||
        napi_get_value_double(env, value, &number) != napi_ok || number != number) {
      free(bound);
      return fail(env, kernel->constants[i]);
    }
    bound->constants[i] = (int64_t)number;
  }
  napi_value function;
  if (napi_create_function(env, name, length, call, bound, &function) != napi_ok) {
    free(bound);
    return fail(env, "no function");
  }
  memory->users++;
  napi_add_finalizer(env, function, bound, end_bound, NULL, NULL);
  return function;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor properties[] = {
      {"memory", NULL, new_memory, NULL, NULL, NULL, napi_enumerable, NULL},
      {"attach", NULL, attach, NULL, NULL, NULL, napi_enumerable, NULL},
      {"bind", NULL, bind, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}
