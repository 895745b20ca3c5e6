@echo off
rem SPDX-License-Identifier: Apache-2.0
rem Runs the command line of Hypernet4J on Windows; builds it first when it was not built or sources
rem are newer. The same as the script hypernet4j, which says why each option is there; TensorFlow Java
rem has no GPU build for Windows.
rem
rem HYPERNET4J_JAVA_OPTS   more options for Java, for example -Xmx8g
rem JAVA_HOME              the Java to use; otherwise the one on the PATH
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
if "%root:~-1%"=="\" set "root=%root:~0,-1%"
set "target=%root%\target"
set "stamp=%target%\launcher.ok"
set "begun=%target%\launcher.begun"
set "lock=%target%\launcher.lock"
set "log=%target%\launcher.log"

set "java="
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
if not defined java for %%J in (java.exe) do set "java=%%~$PATH:J"
if not defined java (
  call :fail "java: not found. Install a JDK 17 or newer, or set JAVA_HOME."
  exit /b 2
)
set "release="
for %%J in ("%java%") do set "release_file=%%~dpJ..\release"
if exist "%release_file%" (
  for /f "usebackq tokens=2 delims==" %%V in (`findstr /b /c:"JAVA_VERSION=" "%release_file%"`) do set "release=%%~V"
)
if not defined release (
  for /f "usebackq tokens=3" %%V in (`call "%java%" -version 2^>^&1 ^| findstr /c:" version "`) do set "release=%%~V"
)
if not defined release set "release=0"
for /f "delims=.-+ tokens=1" %%V in ("%release%") do set "release=%%V"

set "debug="
:next_word
if "%~1"=="" goto words_read
if "%~1"=="--debug" set "debug=yes"
if "%~1"=="--gpu" (
  call :fail "--gpu: TensorFlow Java has no GPU build for Windows. Leave --gpu out, or use Linux on x86-64."
  exit /b 2
)
shift
goto next_word
:words_read

call :find_jars
if not defined jars goto build
if not exist "%stamp%" goto build
if not exist "%target%\classpath" goto build
set "HYPERNET4J_ROOT=%root%"
powershell -NoProfile -NonInteractive -Command "$r = $env:HYPERNET4J_ROOT; $t = (Get-Item -LiteralPath ($r + '\target\launcher.ok')).LastWriteTimeUtc; $n = Get-ChildItem -LiteralPath ($r + '\src\main'), ($r + '\pom.xml') -Recurse | Where-Object { $_.LastWriteTimeUtc -gt $t } | Select-Object -First 1; if ($n) { exit 1 }"
if errorlevel 1 goto build
goto start

:build
if %release% lss 17 (
  call :fail "java: version 17 or newer is needed, %java% is %release%."
  exit /b 2
)
where mvn >nul 2>nul
if errorlevel 1 (
  call :fail "mvn: not found. Install Maven 3.6.3 or newer."
  exit /b 2
)
if not exist "%target%" mkdir "%target%"
rem Two windows at once must not build into one folder.
mkdir "%lock%" 2>nul
if errorlevel 1 (
  call :fail "build: another build seems to run, or was killed. Wait for it, or remove %lock%."
  exit /b 2
)
echo Building Hypernet4J (about a minute and, at first use, the downloads) ...>&2
rem Of another version there may be jars with other names, which must not be taken for the new ones.
del /q "%target%\hypernet4j-*.jar" "%target%\app\hypernet4j-*.jar" 2>nul
rem The time before the build: what is edited while it runs is newer than the stamp.
type nul >"%begun%"
pushd "%root%"
call mvn -B -q -DskipTests -Dmaven.test.skip=true -Djacoco.skip=true -Dwarnings.fail=false package >"%log%" 2>&1
set "built=%ERRORLEVEL%"
popd
rmdir "%lock%"
if not "%built%"=="0" (
  type "%log%" >&2
  call :fail "build: Maven failed, the lines above are from %log%."
  exit /b 2
)
move /y "%begun%" "%stamp%" >nul
call :find_jars
if not defined jars (
  call :fail "build: Maven made no jars in %target%. See %log%."
  exit /b 2
)

:start
if not defined TF_ENABLE_ONEDNN_OPTS set "TF_ENABLE_ONEDNN_OPTS=1"
if not defined TF_CPP_MIN_LOG_LEVEL if defined debug set "TF_CPP_MIN_LOG_LEVEL=0"
if not defined TF_CPP_MIN_LOG_LEVEL set "TF_CPP_MIN_LOG_LEVEL=3"
set "quiet=--enable-native-access=ALL-UNNAMED"
if %release% geq 23 set "quiet=%quiet% --sun-misc-unsafe-memory-access=allow"
rem In the environment the class path may be longer than a command line.
for /f "usebackq delims=" %%L in ("%target%\classpath") do set "CLASSPATH=%jars%;%%L"
"%java%" -Xmx2g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto ^
  -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Djava.awt.headless=true -Djdk.console=java.base ^
  %quiet% %HYPERNET4J_JAVA_OPTS% org.hypernet4j.cli.Main %*
exit /b %ERRORLEVEL%

rem Two jars: the library, and the application, which is this command line and what it works with.
:find_jars
set "jars="
for %%A in ("%target%\app\hypernet4j-*-app.jar") do call :pair "%%~fA" "%%~nA"
exit /b 0

:pair
set "app=%~1"
set "library=%target%\%~2"
set "library=%library:-app=%.jar"
if exist "%library%" set "jars=%app%;%library%"
exit /b 0

:fail
echo error: %~1>&2
exit /b 0
