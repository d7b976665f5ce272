#!/bin/sh
# Debian's JMeter 2.13, with the arguments of `jmeter`. Debian's XStream has become stricter than that JMeter knows: it
# refuses every class that nobody allowed, and so no test plan opens ("ForbiddenClassException"). This allows JMeter's own
# classes, then starts JMeter. JMeter 5 from apache.org does not need it.
set -eu
home=/usr/share/jmeter
exec java -Djava.awt.headless=true -Djmeter.home=$home \
  -cp "$home/bin/ApacheJMeter.jar:$home/lib/ext/*:$home/lib/*" bsh.Interpreter /dev/fd/3 "$@" 3<<'BSH'
import org.apache.jmeter.util.JMeterUtils;
home = System.getProperty("jmeter.home");
JMeterUtils.setJMeterHome(home);
JMeterUtils.loadJMeterProperties(home + "/bin/jmeter.properties");
org.apache.jorphan.logging.LoggingManager.setPriority("WARN"); // until JMeter has opened its log
saver = Class.forName("org.apache.jmeter.save.SaveService").getDeclaredField("JMXSAVER");
saver.setAccessible(true);
com.thoughtworks.xstream.XStream.class.getMethod("allowTypesByWildcard", new Class[] { String[].class })
  .invoke(saver.get(null), new Object[] { new String[] { "org.apache.jmeter.**", "org.apache.jorphan.**" } });
org.apache.jmeter.NewDriver.main(bsh.args);
BSH
