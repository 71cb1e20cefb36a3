# A room is a static library whose only public include directory is its own. What it links is
# PRIVATE, so a room sees the headers of the rooms named in DOORS and of nobody else: an include
# against the arrow does not compile.
#
#   oi_room(engine SOURCES a.c b.c DOORS mmc os)

# What is delivered is small before it is fast: nothing in it is bound by the processor.
if(WIN32)
    set(CMAKE_C_FLAGS_RELEASE "-Os -DNDEBUG")
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "i686")
        # 32-bit Windows unwinds by the stack; DWARF tables would be 32 KiB that nobody reads.
        string(APPEND CMAKE_C_FLAGS_RELEASE " -fno-asynchronous-unwind-tables")
    endif()
endif()

function(oi_compile_options target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wvla)
    if(OI_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(WIN32)
        target_compile_definitions(${target} PRIVATE
            UNICODE _UNICODE COBJMACROS WINVER=0x0601 _WIN32_WINNT=0x0601)
    else()
        target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
        find_package(Threads REQUIRED)
        target_link_libraries(${target} PRIVATE Threads::Threads)
        if(OI_SANITIZE)
            target_compile_options(${target} PRIVATE
                -fsanitize=${OI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
            target_link_options(${target} PRIVATE -fsanitize=${OI_SANITIZE})
        endif()
    endif()
endfunction()

function(oi_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;DOORS" ${ARGN})
    add_library(oi_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(oi_${name}
        PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
    foreach(door IN LISTS ROOM_DOORS)
        target_link_libraries(oi_${name} PRIVATE oi_${door})
    endforeach()
    oi_compile_options(oi_${name})
    if(WIN32)
        # The system's printf family: what we print needs nothing of C99's, which would be 50 KiB of
        # MinGW in every DLL. -Wformat knows what the system's does not.
        target_compile_definitions(oi_${name} PRIVATE __USE_MINGW_ANSI_STDIO=0)
    endif()
endfunction()

# A test program: tests/<room>/test_<name>.c, linked with CMocka and the rooms named.
#
#   oi_test(fifo SOURCES test_fifo.c ROOMS engine os)
#
# It becomes the executable test_<name> and, natively, the ctest of the same name.
function(oi_test name)
    cmake_parse_arguments(TEST "" "" "SOURCES;ROOMS;LIBRARIES;LABELS" ${ARGN})
    add_executable(test_${name} ${TEST_SOURCES})
    foreach(room IN LISTS TEST_ROOMS)
        target_link_libraries(test_${name} PRIVATE oi_${room})
    endforeach()
    target_link_libraries(test_${name} PRIVATE ${TEST_LIBRARIES} oi_cmocka)
    oi_compile_options(test_${name})
    if(NOT WIN32)
        add_test(NAME ${name} COMMAND test_${name})
        set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "${TEST_LABELS}")
    endif()
endfunction()
