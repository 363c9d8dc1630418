@echo off
rem Looks into a system database and manages its workflows: dbos-cli --help
setlocal

if defined JAVA_HOME set "PATH=%JAVA_HOME%\bin;%PATH%"
set "version=0"
for /f "tokens=3" %%v in ('java -version 2^>^&1 ^| findstr /i version') do for /f "delims=.-+" %%m in ("%%~v") do set "version=%%m"
if %version% lss 21 (
    echo dbos-cli: there is no Java 21 or newer: install one, or set JAVA_HOME to one 1>&2
    exit /b 1
)

rem Java keeps its classes there as it wants them: later starts are quicker.
for %%h in ("%~dp0..") do set "memory=%LOCALAPPDATA%\dbos-cli\%%~nxh-java%version%.jsa"
if not exist "%LOCALAPPDATA%\dbos-cli" mkdir "%LOCALAPPDATA%\dbos-cli" 2>nul
set "learn="
if "%~1"=="workflow" set "learn=-XX:+AutoCreateSharedArchive"

java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED ^
    %learn% "-XX:SharedArchiveFile=%memory%" -Xlog:disable -Xlog:all=off ^
    -cp "%~dp0..\lib\*" dev.dbosj.cli.Main %*
exit /b %errorlevel%
