DROP INDEX rides_long_superseded;
